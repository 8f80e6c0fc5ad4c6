"""What Flask-Security says to people, in our words: Dutch, with English in the catalogue."""

from typing import Final

N_: Final = str  # marks a sentence for the catalogue; Flask-Security looks it up when it speaks

TRY_AGAIN = N_("Dat lukte niet. Ververs de pagina en probeer het nog eens.")
NAME_THE_PASSKEY = N_("Geef de passkey een naam, zoals “mijn telefoon”.")

# The keys are Flask-Security's SECURITY_MSG_…; each value is the message and its category.
MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "ANONYMOUS_USER_REQUIRED": (N_("Je bent al ingelogd."), "info"),
    "API_ERROR": (TRY_AGAIN, "error"),
    "DISABLED_ACCOUNT": (N_("Deze toegang staat uit. Vraag een organisator."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Vul je e-mailadres in."), "error"),
    "GENERIC_AUTHN_FAILED": (
        N_("Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het nog eens."),
        "error",
    ),
    "INVALID_CODE": (N_("Deze code klopt niet."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Dit e-mailadres klopt niet. Kijk het nog eens na."), "error"),
    "INVALID_INPUT": (N_("Wat hier staat, kan niet. Kijk het nog eens na."), "error"),
    "INVALID_INPUT_LENGTH": (N_("Dit is te lang. Maak het korter."), "error"),
    "INVALID_PASSWORD": (N_("Dit wachtwoord klopt niet."), "error"),
    "INVALID_RECOVERY_CODE": (
        N_("Deze herstelcode klopt niet, of je hebt hem al gebruikt."),
        "error",
    ),
    "INVALID_REDIRECT": (
        N_("Die link leidt naar een andere website. We volgen hem niet."),
        "error",
    ),
    "NO_RECOVERY_CODES_SETUP": (N_("Je hebt nog geen herstelcodes."), "info"),
    "PASSWORD_CHANGE": (
        N_("Je nieuwe wachtwoord staat. Op andere apparaten ben je uitgelogd."),
        "success",
    ),
    "PASSWORD_HOLDS_ADDRESS": (
        N_("In dit wachtwoord staat je eigen e-mailadres. Kies er een zonder."),
        "error",
    ),
    "PASSWORD_INVALID_LENGTH": (
        N_("Dit wachtwoord is te kort: neem minstens %(length)s tekens."),
        "error",
    ),
    "PASSWORD_IS_THE_SAME": (N_("Dit is je oude wachtwoord. Kies een ander."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Vul een wachtwoord in."), "error"),
    "PASSWORD_TOO_SIMPLE": (
        N_("Dit wachtwoord is makkelijk te raden. Neem bijvoorbeeld vier losse woorden."),
        "error",
    ),
    "REAUTHENTICATION_REQUIRED": (
        N_("Laat even zien dat jij het bent, dan kun je verder."),
        "info",
    ),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Dank je. Je kunt verder."), "success"),
    "RETYPE_PASSWORD_MISMATCH": (N_("De twee wachtwoorden zijn niet gelijk."), "error"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("Gelukt. Voortaan vragen we bij het inloggen een code uit je app."),
        "success",
    ),
    "TWO_FACTOR_DISABLED": (N_("De code-app staat uit."), "success"),
    "TWO_FACTOR_INVALID_TOKEN": (
        N_("Deze code klopt niet. Wacht op de volgende in je app en typ die over."),
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("Je bent ingelogd."), "success"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (TRY_AGAIN, "error"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Log eerst in met je wachtwoord."), "info"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("Dit duurde te lang. Begin opnieuw."), "error"),
    "UNAUTHENTICATED": (N_("Log in om verder te gaan."), "info"),
    "UNAUTHORIZED": (N_("Daarvoor heb je een andere rol nodig."), "error"),
    "USER_DOES_NOT_EXIST": (
        N_("Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het nog eens."),
        "error",
    ),
    "WEBAUTHN_CREDENTIAL_DELETED": (N_("De passkey “%(name)s” is weg."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("Deze passkey heb je al."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (TRY_AGAIN, "error"),
    "WEBAUTHN_EXPIRED": (N_("Dit duurde te lang. Begin opnieuw."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (N_("Deze passkey is van iemand anders."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (
        N_("Gebruik in de naam alleen letters, cijfers, spaties en streepjes."),
        "error",
    ),
    "WEBAUTHN_NAME_INUSE": (N_("Je hebt al een passkey die “%(name)s” heet."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("Je hebt geen passkey die “%(name)s” heet."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (NAME_THE_PASSKEY, "error"),
    "WEBAUTHN_NO_VERIFY": (N_("Deze passkey herkennen we niet. Probeer het nog eens."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (N_("Deze passkey kennen we niet (meer)."), "error"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("De passkey “%(name)s” staat klaar."), "success"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (N_("Deze passkey kennen we niet (meer)."), "error"),
}
