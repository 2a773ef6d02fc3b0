// Gives the precompiled headers a translation unit of their own; holds nothing.
