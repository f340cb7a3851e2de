"""Code that carries intent to devices. Each backend stands alone; the registry opens them."""
