"""The report: tables and figures with captions, as one PDF and one HTML file."""

from .build import Report, build_report, measured_parts
from .write import write_report

__all__ = ["Report", "build_report", "measured_parts", "write_report"]
