"""The actions. A new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from runner.actions.action import Action
from runner.actions.api import api_action
from runner.actions.block import BLOCK
from runner.actions.changecontentmodel import CHANGECONTENTMODEL
from runner.actions.delete import DELETE
from runner.actions.edit import EDIT
from runner.actions.mergehistory import MERGEHISTORY
from runner.actions.move import MOVE
from runner.actions.patrol import PATROL
from runner.actions.protect import PROTECT
from runner.actions.purge import PURGE
from runner.actions.revisiondelete import REVISIONDELETE
from runner.actions.rollback import ROLLBACK
from runner.actions.setpagelanguage import SETPAGELANGUAGE
from runner.actions.tag import TAG
from runner.actions.unblock import UNBLOCK
from runner.actions.undelete import UNDELETE
from runner.actions.watch import WATCH

OWN = (
    PURGE, DELETE, REVISIONDELETE, UNDELETE, MOVE, EDIT, BLOCK, UNBLOCK, ROLLBACK, PROTECT, PATROL, TAG, WATCH, SETPAGELANGUAGE,
    CHANGECONTENTMODEL, MERGEHISTORY,
)  # fmt: skip
ACTIONS: Mapping[str, Action] = {action.name: action for action in (*OWN, api_action(frozenset(action.name for action in OWN)))}
