"""Dagster's own objects, one file per concept; each calls the plain functions of the rooms beside this package."""

import warnings

import dagster as dg

# Single-run backfills are marked beta, once per asset that asks for them; nothing here can act on it.
warnings.filterwarnings("ignore", message=".*backfill_policy.*", category=dg.BetaWarning)
