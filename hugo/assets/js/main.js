import { startPlayers } from "./player.js";
import { startThemeSwitch } from "./theme.js";
import { startWall } from "./wall.js";

startThemeSwitch();
startPlayers();
startWall();
