"""Readers of the files that other programs keep models in; each makes a language (definitions.md#model-files)."""

from .. import languages as languages
