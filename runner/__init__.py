"""Wikimop: a declarative job runner for MediaWiki administrators, driven by YAML playbooks."""

__version__ = "0.1.0"
