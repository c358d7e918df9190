"""The documentation's machinery: programs in Markdown and headers, links, the API reference and the book."""
