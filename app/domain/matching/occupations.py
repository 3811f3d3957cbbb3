"""How encyclopaedias say in their first sentence that somebody makes music, or does not."""

from __future__ import annotations

import re


def _listed(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Folded: lower case, no accents; English, German, French, Spanish, Italian, Dutch, Portuguese,
# Swedish and Polish. A word that ends in one of _ENDINGS counts as well ("rockband").
_MUSIC = _listed(
    "band bands singer singers songwriter songwriters musician musicians rapper rappers dj"
    " djs composer composers duo trio quartet quintet sextet septet orchestra orchestras choir"
    " ensemble vocalist pianist guitarist drummer bassist saxophonist trumpeter violinist"
    " cellist conductor organist percussionist multi-instrumentalist group supergroup"
    " beatmaker turntablist bluesman crooner soprano tenor baritone keyboardist flautist"
    " harpist lyricist collective",
    "sanger sangerin musiker musikerin komponist komponistin liedermacher liedermacherin"
    " musikproduzent musikproduzentin orchester chor gitarrist schlagzeuger dirigent"
    " musikgruppe rapperin pianistin gruppe sangergruppe",
    "groupe chanteur chanteuse musicien musicienne rappeur rappeuse compositeur compositrice"
    " orchestre auteur-compositeur interprete guitariste batteur choeur",
    "banda grupo cantante cantautor cantautora musico musica rapero rapera compositor"
    " compositora orquesta coro guitarrista baterista pianista dueto",
    "gruppo cantautrice musicista compositore compositrice complesso chitarrista batterista"
    " direttore",
    "zanger zangeres muzikant muzikante componist componiste muziekproducent orkest"
    " muziekgroep groep gitarist",
    "cantor cantora dupla orquestra rapper conjunto",
    "musikgrupp sangare sangerska rappare kompositor musikproducent orkester",
    "zespol piosenkarz piosenkarka wokalista wokalistka muzyk raper raperka kompozytor"
    " kompozytorka duet orkiestra gitarzysta perkusista grupa",
)
# A group of what? These alone could be a chess club or a holding company.
_ONLY_WITH_MUSIC = _listed(
    "group collective duo trio quartet quintet ensemble groupe grupo gruppo groep gruppe grupa"
    " conductor conjunto interprete direttore dupla complesso musica duet"
)
_ABOUT_MUSIC = re.compile(
    r"\b(?:rock|pop|jazz|music|musical|musik|musique|musicale|muziek|muzyczn\w*|metal|punk|hip|hop"
    r"|folk|electronic|elektronisch\w*|electronique|elettronic\w*|electronica|techno|house|reggae"
    r"|dub|soul|funk|blues|country|indie|rap|disco|synth\w*|trip|ambient|classical|string|vocal"
    r"|vocale|gospel|ska|wave|shoegaze|girl|boy|production|dance|trance|drum|performing|r b|swing"
    r"|new age|krautrock|grunge|industrial|musica)\b"
)
_ENDINGS = re.compile(r"\w{3,}(?:bands?|sanger(?:in)?|musiker(?:in)?|gruppe|grupp|duo|orchester)")
_PRODUCER = re.compile(
    r"\b(?:record|music|hip hop|electronic music|house|techno) producers?\b"
    r"|\bproducteur (?:de musique|de disques)\b|\bproductora? (?:musical|discografic[ao])\b"
    r"|\bproduttore (?:discografico|musicale)\b|\bprodutora? musical\b|\bproducent muzyczny\b"
)
_JAPANESE = (
    "バンド", "歌手", "ミュージシャン", "音楽家", "ラッパー", "作曲家", "音楽プロデューサー",
    "シンガーソングライター", "音楽グループ", "デュオ", "管弦楽団", "音楽ユニット", "交響楽団",
    "ピアニスト", "ギタリスト", "アイドルグループ", "ディスクジョッキー",
)  # fmt: skip
# What is made by musicians is no musician; and some who are famous for something else.
_THINGS = _listed(
    "album albums song songs single ep film films movie novel book series game episode genus"
    " species village town city company label magazine festival soundtrack character genre"
    " discography video tour opera musical play poem surname name software ship river"
    " district municipality television brand programme program newspaper station",
    "albumi studioalbum lied roman spiel ort gemeinde fluss zeitschrift livealbum",
    "chanson livre ville commune entreprise jeu",
    "cancion pelicula libro ciudad municipio empresa disco",
    "canzone singolo romanzo citta comune libro azienda",
    "lied stad boek bedrijf plaats gemeente",
    "filme livro cidade empresa musica-tema",
    "skiva lat bok stad foretag",
    "piosenka ksiazka miasto wies gra powiesc",
    "footballer politician cricketer swimmer boxer wrestler murderer scientist physicist"
    " mathematician bishop saint king queen painter novelist actor actress comedian director",
)
_CLAUSE_END = re.compile(r"[.;。](?:\s|$)|\n")


def first_sentence(text: str) -> str:
    """The beginning of `text` up to its first full stop of a sentence, at most 400 characters.

    A stop after one letter or a bracket that is still open does not end it: "Sean J. Combs".
    """
    for end in _CLAUSE_END.finditer(text[:400]):
        before = text[: end.start()]
        if before.count("(") <= before.count(")") and not re.search(r"(?:\b\w|\bSt|\bb)$", before):
            return before
    return text[:400]


def says_musician(folded: str) -> bool:
    """Whether a folded description or predicate names a maker of music before any other thing."""
    about_music = _ABOUT_MUSIC.search(folded) is not None
    for word in folded.split():
        if word in _THINGS:
            return False
        if word in _ONLY_WITH_MUSIC:
            if about_music:
                return True
        elif word in _MUSIC or _ENDINGS.fullmatch(word):
            return True
    return _PRODUCER.search(folded) is not None


def says_musician_in_japanese(text: str) -> bool:
    """Whether Japanese text, which has no blanks between words, names a maker of music."""
    places = [text.find(word) for word in _JAPANESE if word in text]
    things = [text.find(word) for word in ("アルバム", "楽曲", "映画", "小説") if word in text]
    return bool(places) and (not things or min(places) < min(things))
