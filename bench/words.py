"""The words made-up records are called by. Everything here is invented or plain vocabulary."""
# ruff: noqa: SIM905 - words in one string are read and edited more easily than 400 quotes

from __future__ import annotations

FIRST = (
    "Amber Arctic Autumn Basement Black Blue Brass Broken Cardinal City Cobalt Copper Coral Crystal"
    " Distant Double Dusty Early Electric Empty Endless Evening Faded Fallen Fifth Folded Foreign"
    " Fragile Frozen Gentle Giant Gilded Glass Golden Green Harbour Heavy Hidden High Hollow Honey"
    " Idle Indigo Iron Ivory Jade Kinetic Lantern Late Left Little Local Lonely Lost Lunar Marble"
    " Midnight Minor Modern Morning Motor Narrow Neon New Night Noble North Northern Occasional"
    " Odd Open Orchid Outer Pale Paper Parallel Patient Perfect Pilot Plastic Polar Private Quiet"
    " Radio Red Restless Rising River Rough Royal Rural Salt Scarlet Second Secret Seven Shallow"
    " Silent Silver Simple Slow Small Solar Southern Spare Static Steel Still Stolen Summer Sunday"
    " Swift Tall Tender Third Thousand Tidal Twin Upper Velvet Violet Virtual Warm Western White"
    " Wild Winter Wooden Yellow Young Zero"
).split()
SECOND = (
    "Age Alphabet Animal Archive Arrow Assembly Atlas Avenue Balloon Band Bells Bird Boats Bridge"
    " Brothers Cabinet Canyon Carnival Cathedral Children Circle Clouds Coast Collective Colony"
    " Company Corner Country Crowd Current Dance Daughters Days Desert Diary Dogs Dream Drive Echo"
    " Engine Ensemble Family Fever Field Fire Flowers Forest Friends Future Garden Gate Ghost"
    " Graduate Guests Hands Harvest Heart Hotel Hours House Hymn Island Journey Kings Kitchen Lake"
    " Language Letters Library Lights Lines Lions Love Machine Map Market Meadow Memory Mirror Moon"
    " Motel Mountain Museum Navy Noise Ocean Orchestra Ordinary Palace Parade Park Passenger People"
    " Picture Piano Pilots Pleasure Poem Police Portrait Postcard Prayer Quartet Queen Rain Railway"
    " Rhythm Road Romance Room Sailor Saints School Season Session Shadow Signal Skies Sisters Sky"
    " Sleep Snow Society Sons Sound Station Stone Story Street Suite Sun System Tape Theatre Theory"
    " Ticket Tide Tower Traffic Train Trio Umbrella Valley Village Voice Voyage Walk Water Weather"
    " Wheel Window Wolves Woman World Year"
).split()
GIVEN = (
    "Ada Alma Andre Anna Bela Björn Carla Chet Clara Dario Dina Édith Elena Ella Emil Ferenc Gil"
    " Gloria Greta Hannah Hugo Ida Ines Ivo Jens Joana Joao Karel Kira Lars Lena Leo Lou Lucia Mara"
    " Marek Max Mia Milo Nadia Nico Nina Noor Olga Otto Pablo Pia Ravi Rene Rosa Sami Sofia Søren"
    " Tara Theo Uma Vera Viktor Wanda Yara Zoë"
).split()
FAMILY = (
    "Abara Alvarez Andersson Becker Bianchi Brown Castro Cole Costa Dale Dubois Eriksen Farkas"
    " Ferrer Fischer Fontaine Garcia Gray Hansen Haruna Holm Horváth Ibsen Ivanova Jansen Jones"
    " Kowalski Kramer Lang Larsen Lindqvist Lopes Marsh Mendes Meyer Moreau Müller Nagy Nakano"
    " Novak Okafor Olsen Ortega Park Pereira Petrov Quist Ramos Reyes Rossi Sato Schmidt Silva"
    " Simic Singh Strand Svensson Tanaka Torres Varga Vidal Weber Weiss Winter Yilmaz Zeman"
).split()
# Names and titles in other scripts, and the odd one in none.
OTHER_SCRIPTS = (
    "夜の電車", "青い庭", "東京ラジオ", "雨のち晴れ", "風の音楽隊", "さくら通り", "Ночной город",
    "Тихая река", "Зимний сад", "Оркестр ветра", "Η Θάλασσα", "Μικρή Πόλη", "ليل المدينة",
    "نور القمر", "밤의 노래", "겨울 바다", "城市之光", "月亮河", "שיר לילה", "नदी के गीत",
    "!!!", "† †", "★", "in•side o•ut",
)  # fmt: skip
LABEL_ENDINGS = ("Records", "Recordings", "Music", "Discs", "Sound", "Tapes", "Inc.", "")
GENRES = {
    "Rock": "Indie Rock,Alternative Rock,Psychedelic Rock,Prog Rock,Punk,Post-Punk,Shoegaze,Garage",
    "Electronic": "House,Techno,Ambient,Synth-pop,Downtempo,Electro,IDM,Drum n Bass,Trance",
    "Jazz": "Hard Bop,Fusion,Free Jazz,Modal,Cool Jazz,Soul-Jazz,Big Band",
    "Pop": "Ballad,Indie Pop,Europop,Vocal,City Pop",
    "Funk / Soul": "Soul,Funk,Disco,Boogie,Neo Soul",
    "Hip Hop": "Boom Bap,Conscious,Instrumental,Trip Hop",
    "Folk, World, & Country": "Folk,Country,Bluegrass,Celtic,African",
    "Reggae": "Dub,Roots Reggae,Rocksteady,Ska,Dancehall",
    "Classical": "Baroque,Romantic,Modern,Opera",
    "Stage & Screen": "Soundtrack,Score,Musical",
    "Latin": "Bossa Nova,Samba,Salsa,MPB",
    "Blues": "Delta Blues,Electric Blues,Chicago Blues",
    "Brass & Military": "Marches",
    "Non-Music": "Spoken Word,Field Recording",
}
# Format cells as the export abbreviates them; sizes of the media roughly as collectors own them.
MEDIA = ("LP", "LP", "LP", "LP", "2xLP", "2xLP", '12"', '7"', '7"', "CD", "CD", "Cass", "3xLP")
KINDS = ("Album", "Album", "Album", "Album", "Comp", "EP", "Single", "MiniAlbum", "")
EXTRAS = ("RE", "RE, RM", "Ltd", "Num", "Gat", "180", "Promo", "Mono", "Dlx", "RP", "Club", "RSD")
COLOURS = ("Red", "Blue", "Cle", "Whi", "Gre", "Ora", "Pur", "Yel", "Pin", "Smo", "Mar", "Spl")
COUNTRIES = (
    "UK", "UK", "US", "US", "US", "Germany", "Germany", "Japan", "France", "Netherlands", "Italy",
    "Europe", "Europe", "Canada", "Sweden", "Brazil", "Australia", "Spain", "Jamaica", "Belgium",
)  # fmt: skip
FOLDERS = (*("Uncategorized",) * 3, "Living room", "Attic", '7" box', "CDs")
GRADES = ("Mint (M)", "Near Mint (NM or M-)", "Very Good Plus (VG+)", "Very Good (VG)", "Good (G)")
NOTES = ("Gift from a friend", "Bought on tour, signed", "Plays with a light click on side B")
