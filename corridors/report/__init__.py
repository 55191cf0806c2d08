"""The main job, `corridors report`: job.py runs it, tables.py makes its tables, summary.py its one page."""
