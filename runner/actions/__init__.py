"""The actions. A new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from runner.actions.action import Action
from runner.actions.api import api_action
from runner.actions.block import BLOCK
from runner.actions.delete import DELETE
from runner.actions.edit import EDIT
from runner.actions.move import MOVE
from runner.actions.purge import PURGE
from runner.actions.revisiondelete import REVISIONDELETE
from runner.actions.unblock import UNBLOCK
from runner.actions.undelete import UNDELETE

OWN = (PURGE, DELETE, REVISIONDELETE, UNDELETE, MOVE, EDIT, BLOCK, UNBLOCK)
ACTIONS: Mapping[str, Action] = {action.name: action for action in (*OWN, api_action(frozenset(action.name for action in OWN)))}
