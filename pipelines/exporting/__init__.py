"""What is published, handed on: tables as Parquet or a workbook, the catalogue of metrics as dbt's semantic models."""
