; The installer for Windows, for release and for its trial under Wine alike. Made by build/windows_package.py:
;   makensis -DVERSION=1.2.3 -DPAYLOAD=folder -DOUTFILE=Setup.exe [-DWEBVIEW2=MicrosoftEdgeWebView2RuntimeInstallerX64.exe] setup.nsi
;
; Silent:  Setup.exe /S [/PUBLICNETWORKS] [/NOAUTOSTART] [/D=C:\folder]      uninstall.exe /S [/DELETERECORDS]
; Ends with 0: done, 1: cancelled, 2: no rights or an error, 3: a newer version is installed, 4: installed, but its self-test failed.

Unicode true
Target amd64-unicode
RequestExecutionLevel admin
SetCompressor /SOLID lzma
ManifestDPIAware true

!define NAME "Hikma Local Server"
!define PROGRAM "hikma-local-server"
!define PUBLISHER "Hikma Health"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${PROGRAM}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define WEBVIEW2_KEY "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define PROFILES_KEY "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

Name "${NAME}"
OutFile "${OUTFILE}"
InstallDir "$PROGRAMFILES64\${NAME}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME} Setup"
VIAddVersionKey "CompanyName" "${PUBLISHER}"
VIAddVersionKey "LegalCopyright" "MIT licence"

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "Sections.nsh"
!include "WordFunc.nsh"
!include "x64.nsh"

!define MUI_ICON "mark.ico"
!define MUI_UNICON "mark.ico"
!define MUI_FINISHPAGE_RUN "$WINDIR\explorer.exe" ; not as administrator: through the shell of the person at the screen
!define MUI_FINISHPAGE_RUN_PARAMETERS "$\"$INSTDIR\${PROGRAM}.exe$\""
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Arabic"
!insertmacro MUI_LANGUAGE "Spanish"
!include "texts.nsh"

Var Log
Var Installed
Var Networks

; One line in the log and on the screen.
!macro Say text
  DetailPrint "${text}"
  ${If} $Log != ""
    FileWriteUTF16LE $Log "${text}$\r$\n"
  ${EndIf}
!macroend
!define Say "!insertmacro Say"

!macro StopRunningCopies
  ; Whatever a server has acknowledged is on the disk, so ending it loses nothing. It has no window that could be asked.
  nsExec::ExecToLog '"$SYSDIR\taskkill.exe" /F /T /IM ${PROGRAM}.exe'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\taskkill.exe" /F /T /IM ${PROGRAM}-cli.exe'
  Pop $0
!macroend

!macro RemoveFirewallRule
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${NAME}"'
  Pop $0
!macroend

Section "${NAME}" secProgram
  SectionIn RO
  SetShellVarContext all
  SetRegView 64
  CreateDirectory "$INSTDIR"
  FileOpen $Log "$INSTDIR\setup.log" w
  FileWriteUTF16LE /BOM $Log "${NAME} ${VERSION}, installed before: $Installed$\r$\n"

  ${Say} "$(Stopping)"
  !insertmacro StopRunningCopies

  ; Files of the version before must not stay between those of this one.
  ClearErrors
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}\*.*"
  ${If} ${Errors}
    ${Say} "$(CannotWrite)"
    FileClose $Log
    SetErrorLevel 2
    MessageBox MB_ICONSTOP "$(CannotWrite)" /SD IDOK
    Abort
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"

  ; It starts for every account: nobody but administrators may change it, wherever it was put. Groups by number, which is
  ; the same in every language: administrators, the system, users.
  nsExec::ExecToLog '"$SYSDIR\icacls.exe" "$INSTDIR" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX /q'
  Pop $0
  ${Say} "icacls: $0"

  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}.exe"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM}.exe"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoModify" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "EstimatedSize" $0
  DeleteRegValue HKLM "${RUN_KEY}" "${PROGRAM}" ; written again below, if it is wanted
SectionEnd

Section "$(AtLogin)" secAtLogin
  SetRegView 64
  WriteRegStr HKLM "${RUN_KEY}" "${PROGRAM}" '"$INSTDIR\${PROGRAM}.exe" at-login'
SectionEnd

Section /o "$(PublicNetworks)" secPublicNetworks
SectionEnd

Section "-firewall"
  StrCpy $Networks "private,domain"
  ${If} ${SectionIsSelected} ${secPublicNetworks}
    StrCpy $Networks "private,domain,public"
  ${EndIf}
  !insertmacro RemoveFirewallRule
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${NAME}" dir=in action=allow enable=yes program="$INSTDIR\${PROGRAM}.exe" profile=$Networks'
  Pop $0
  ${Say} "netsh ($Networks): $0"
SectionEnd

Section "-webview2"
  Call WebViewVersion
  Pop $0
  ${If} $0 != ""
    ${Say} "WebView2: $0"
  ${Else}
    !ifdef WEBVIEW2
      ${Say} "$(InstallingWebView)"
      InitPluginsDir
      File "/oname=$PLUGINSDIR\webview2.exe" "${WEBVIEW2}"
      ExecWait '"$PLUGINSDIR\webview2.exe" /silent /install' $0
      ${Say} "WebView2: $0"
    !else
      ${Say} "$(NoWebView)"
    !endif
  ${EndIf}
SectionEnd

Section "-selftest"
  ${Say} "$(Checking)"
  nsExec::ExecToLog '"$INSTDIR\${PROGRAM}-cli.exe" --selftest'
  Pop $0
  ${Say} "self-test: $0"
  FileClose $Log
  StrCpy $Log ""
  ${If} $0 != "0"
    SetErrorLevel 4
    MessageBox MB_ICONEXCLAMATION "$(SelfTestFailed)" /SD IDOK
  ${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${secProgram} "$(ProgramHelp)"
  !insertmacro MUI_DESCRIPTION_TEXT ${secAtLogin} "$(AtLoginHelp)"
  !insertmacro MUI_DESCRIPTION_TEXT ${secPublicNetworks} "$(PublicNetworksHelp)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; On the stack: the version of the WebView2 runtime, for all users or for this one; empty if there is none.
Function WebViewVersion
  SetRegView 64
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW2_KEY}" "pv"
  ${If} $0 == ""
    ReadRegStr $0 HKLM "SOFTWARE\${WEBVIEW2_KEY}" "pv"
  ${EndIf}
  ${If} $0 == ""
    ReadRegStr $0 HKCU "Software\${WEBVIEW2_KEY}" "pv"
  ${EndIf}
  ${If} $0 == "0.0.0.0" ; what its updater leaves behind when it is removed
    StrCpy $0 ""
  ${EndIf}
  Push $0
FunctionEnd

Function .onInit
  SetRegView 64
  !insertmacro MUI_LANGDLL_DISPLAY
  ReadRegStr $Installed HKLM "${UNINSTALL_KEY}" "DisplayVersion"
  ${If} $Installed != ""
    ReadRegStr $0 HKLM "${UNINSTALL_KEY}" "InstallLocation"
    ${If} $0 != ""
      StrCpy $INSTDIR $0
    ${EndIf}
    ${VersionCompare} "$Installed" "${VERSION}" $0
    ${If} $0 == 1
      SetErrorLevel 3
      MessageBox MB_ICONSTOP "$(NewerInstalled)" /SD IDOK
      Quit
    ${EndIf}
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/PUBLICNETWORKS" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${secPublicNetworks}
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/NOAUTOSTART" $1
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${secAtLogin}
  ${EndIf}
  ClearErrors
FunctionEnd

Section "un.${NAME}" un.secProgram
  SectionIn RO
  SetShellVarContext all
  SetRegView 64
  !insertmacro StopRunningCopies
  !insertmacro RemoveFirewallRule
  DeleteRegValue HKLM "${RUN_KEY}" "${PROGRAM}"
  DeleteRegKey HKLM "${UNINSTALL_KEY}"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  ; By name, never the whole folder: nobody knows what else was put there.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\${PROGRAM}.exe"
  Delete "$INSTDIR\${PROGRAM}-cli.exe"
  Delete "$INSTDIR\setup.log"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd

Section /o "un.$(DeleteRecords)" un.secRecords
  SetRegView 64
  StrCpy $1 0
  ${Do}
    EnumRegKey $2 HKLM "${PROFILES_KEY}" $1
    ${If} $2 == ""
      ${ExitDo}
    ${EndIf}
    ReadRegStr $3 HKLM "${PROFILES_KEY}\$2" "ProfileImagePath"
    ExpandEnvStrings $3 $3
    ${If} $3 != ""
    ${AndIf} ${FileExists} "$3\AppData\Local\${PROGRAM}\clinic.db"
      RMDir /r "$3\AppData\Local\${PROGRAM}"
    ${EndIf}
    IntOp $1 $1 + 1
  ${Loop}
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${un.secProgram} "$(RecordsStay)"
  !insertmacro MUI_DESCRIPTION_TEXT ${un.secRecords} "$(DeleteRecordsHelp)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END

Function un.onInit
  SetRegView 64
  !insertmacro MUI_UNGETLANGUAGE
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/DELETERECORDS" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${un.secRecords}
  ${EndIf}
  ClearErrors
FunctionEnd
