"""The one semantic HTML of a plan, and the parts it is put together from."""
