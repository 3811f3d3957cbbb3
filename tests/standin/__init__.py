"""Stand-ins: small servers on loopback that play the services Gatefold talks to, also badly."""
