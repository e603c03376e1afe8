# To come: install rules.
