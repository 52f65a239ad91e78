; A program that does nothing and ends with 0: stands for the frozen program where Setup.exe is tried without Windows.
Unicode true
Target amd64-unicode
RequestExecutionLevel user
SilentInstall silent
OutFile "${OUTFILE}"
Section
SectionEnd
