"""Tables and figures as text, files and pictures, whatever they are about."""
