"""The schema of `wikis.yaml` (JSON Schema, Draft 2020-12)."""

from __future__ import annotations

from runner.addresses import API, HOST
from runner.playbook.logins import OAUTH1_KEYS
from runner.playbook.schema import DIALECT
from runner.playbook.settings import LIMITS, Schema

PUBLIC_KEYS = frozenset({"api", "contact"})
WIKI_NAME = "^[A-Za-z0-9][A-Za-z0-9._-]*$"


def wikis_schema() -> Schema:
    """The schema as it is published, of a user's own configuration."""
    return {
        "$schema": DIALECT,
        "title": "Wikimop wikis",
        "description": "The wikis that playbooks may name, how to log in, and what is allowed there.",
        "type": "object",
        "required": ["wikis"],
        "additionalProperties": False,
        "properties": {
            "wikis": {
                "title": "Wikis",
                "description": "Each wiki under the name that playbooks use.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": WIKI_NAME, "examples": ["example", "de.example"]},
                "additionalProperties": _entry(),
            }
        },
        "$defs": {"secret": _SECRET},
    }


_SECRET: Schema = {
    "description": "Where the secret is; never the secret itself.",
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "env": {
            "description": "An environment variable.",
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
            "examples": ["MOP_PASSWORD"],
        },
        "file": {"description": "A file that holds it and nothing else.", "type": "string", "minLength": 1},
        "command": {
            "description": "A program that prints it, and its arguments. There is no shell.",
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "minLength": 1},
            "examples": [["pass", "show", "wiki/mop"]],
        },
    },
}
_USERNAME: Schema = {
    "description": "The bot's user name, as Special:BotPasswords shows it.",
    "type": "string",
    "minLength": 1,
    "examples": ["Mop@cleanup"],
}

_AUTH: Schema = {
    "title": "Login",
    "description": "A bot password (username, password), an owner-only token (oauth2_token, oauth1), or none.",
    "if": {"type": "object"},
    "then": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "dependentRequired": {"username": ["password"], "password": ["username"]},
        "properties": {
            "username": _USERNAME,
            "password": {"$ref": "#/$defs/secret"},
            "oauth2_token": {"$ref": "#/$defs/secret"},
            "oauth1": {
                "description": "An owner-only consumer of OAuth 1.0a; needs the extra `wikimop[oauth1]`.",
                "type": "object",
                "required": list(OAUTH1_KEYS),
                "additionalProperties": False,
                "properties": {key: {"$ref": "#/$defs/secret"} for key in OAUTH1_KEYS},
            },
        },
    },
    "else": {"const": "none"},
}

_HTTP_AUTH: Schema = {
    "description": "HTTP Basic, where a web server asks for it before the wiki does.",
    "type": "object",
    "required": ["username", "password"],
    "additionalProperties": False,
    "properties": {
        "username": {"type": "string", "pattern": r"^[^:\x00-\x1f\x7f]+$", "examples": ["staging"]},
        "password": {"$ref": "#/$defs/secret"},
    },
}

_HEADERS: Schema = {
    "description": "Headers that go with every request; what lets somebody in is a secret.",
    "type": "object",
    "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "examples": ["X-Gate"]},
    "additionalProperties": {
        "if": {"type": "object"},
        "then": {"$ref": "#/$defs/secret"},
        "else": {"type": "string", "pattern": r"^[\x20-\x7e]+$", "examples": ["staging"]},
    },
}

_PATH: Schema = {"type": "string", "minLength": 1}
_CLIENT_CERT: Schema = {
    "description": "A certificate to show to the server: a file that holds it with its key, or two files.",
    "if": {"type": "object"},
    "then": {
        "required": ["cert", "key"],
        "additionalProperties": False,
        "properties": {"cert": _PATH, "key": _PATH},
    },
    "else": _PATH,
}

_ALLOW: Schema = {
    "title": "Policy",
    "description": "What playbooks may do here beyond the usual.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "suppress": {
            "description": "Hide revisions from administrators, too.",
            "type": "boolean",
        },
        "api": {
            "description": "The write modules that the action `api` may call.",
            "type": "array",
            "items": {"type": "string", "pattern": "^[a-z][A-Za-z0-9_-]*$", "examples": ["managetags"]},
            "uniqueItems": True,
            "examples": [["managetags", "setnotificationtimestamp"]],
        },
        "namespaces": {
            "description": "Namespaces that are closed otherwise: MediaWiki (8), whose pages are the interface.",
            "type": "array",
            "items": {"enum": [8, "MediaWiki"]},
            "uniqueItems": True,
            "examples": [["MediaWiki"]],
        },
        "scripts": {
            "description": "Edit and move pages that hold JavaScript or CSS.",
            "type": "boolean",
        },
    },
}


_REACH: Schema = {
    "api": {
        "description": "The address of the wiki's api.php.",
        "type": "string",
        "pattern": API,
        "examples": ["https://wiki.example.org/w/api.php"],
    },
    "contact": {
        "description": "Whom the wiki's operators can ask: stands in the User-Agent of every request.",
        "type": "string",
        "minLength": 1,
        "pattern": r"^[ -~]+$",
        "examples": ["admin@example.org", "https://meta.example.org/wiki/User:Mop"],
    },
    "auth": _AUTH,
    "http_auth": _HTTP_AUTH,
    "headers": _HEADERS,
    "client_cert": _CLIENT_CERT,
    "ca_bundle": {
        "description": "A file of certificates to trust, and no others.",
        "type": "string",
        "minLength": 1,
    },
    "proxy": {
        "description": "The proxy to go through.",
        "type": "string",
        "pattern": rf"^https?://{HOST}(:[0-9]{{1,5}})?/?$",
        "examples": ["http://proxy.example.org:3128"],
    },
    "allow_http": {
        "description": "Log in over plain http, too; to this very machine that is always allowed.",
        "type": "boolean",
    },
}


def _entry() -> Schema:
    limits = {name: LIMITS["properties"][name] for name in ("items", "rate", "concurrency")}
    return {
        "type": "object",
        "required": ["api"],
        "additionalProperties": False,
        "properties": {
            **_REACH,
            "patience": {
                **LIMITS["properties"]["duration"],
                "description": "How long lag, read-only time and rate limits are waited out without any progress.",
                "examples": ["5m", "1h"],
            },
            "limits": {
                **LIMITS,
                "description": "Bounds of every run here; with the playbook's own, the stricter counts.",
                "properties": limits,
            },
            "allow": _ALLOW,
        },
    }
