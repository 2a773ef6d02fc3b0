// Part of the address that browsers keep for a year: raise it with every change of what is served.
export const version = '1.0.3'
