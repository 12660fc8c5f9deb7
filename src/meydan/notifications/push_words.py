"""Words of push messages. A page is not open when they are shown, so the server words them in the person's language.

They name aliases of others only where the person wants it, and a person's own faces never.
"""

from meydan.notifications.push_preferences import PushDetail, PushKind
from meydan.tenants import Language

_NOTHING = {
    Language.turkish: "Yeni bir şey var.",
    Language.english: "There is something new.",
}
_KINDS = {
    PushKind.message: {
        Language.turkish: "Yeni bir mesajın var.",
        Language.english: "You have a new message.",
    },
    PushKind.meeting: {
        Language.turkish: "Tanışmalarında bir haber var.",
        Language.english: "There is news of a meeting.",
    },
    PushKind.gift: {
        Language.turkish: "Sana bir hediye geldi.",
        Language.english: "You were given something.",
    },
    PushKind.money: {
        Language.turkish: "Cüzdanında bir haber var.",
        Language.english: "There is news of your wallet.",
    },
    PushKind.account: {
        Language.turkish: "Hesabınla ilgili bir haber var.",
        Language.english: "There is news of your account.",
    },
    PushKind.community: {
        Language.turkish: "Meydanı yönetenlerin kararı bekleniyor.",
        Language.english: "Something waits for those who run the square.",
    },
}
_MET = {
    Language.turkish: "Biriyle tanıştın. Sohbet açık.",
    Language.english: "You met somebody. The talk is open.",
}
_NAMED = {
    PushKind.message: {
        Language.turkish: "{alias} sana yazdı.",
        Language.english: "{alias} wrote to you.",
    },
    PushKind.gift: {
        Language.turkish: "{alias} sana bir hediye verdi.",
        Language.english: "{alias} gave you something.",
    },
}
_PREVIEW_ALIAS = {Language.turkish: "Sarı Kedi", Language.english: "Yellow Cat"}


def words(kind: PushKind, detail: PushDetail, language: Language, *, is_match: bool = False, alias: str = "") -> str:
    """The body of a message, in one sentence. ``alias`` is the other person's, as far as it is known."""
    if detail is PushDetail.nothing:
        return _NOTHING[language]
    if detail is PushDetail.names and alias and kind in _NAMED:
        return _NAMED[kind][language].format(alias=alias)
    return (_MET if is_match else _KINDS[kind])[language]


def previews(language: Language) -> dict[PushDetail, str]:
    """A message in each detail, as a screen would show it."""
    return {detail: words(PushKind.message, detail, language, alias=_PREVIEW_ALIAS[language]) for detail in PushDetail}
