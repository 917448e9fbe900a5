"""Data in, plotly figure (or Vega-Lite description) out; nothing here imports streamlit."""
