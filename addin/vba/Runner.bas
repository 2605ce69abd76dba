Attribute VB_Name = "Runner"
Option Explicit

' Starts Python for one button. The settings come from the user's own folder only: a workbook, or a file beside it,
' must never be able to name the interpreter or a folder of Python code.

Public Function RunPython(ByVal command As String) As Long
    Dim interpreter As String
    RunPython = -1
    If ActiveWorkbook Is Nothing Then
        Complain "no_workbook"
        Exit Function
    End If
    If Not IsPlainName(ActiveWorkbook.Name) Then
        Complain "odd_name"
        Exit Function
    End If
    interpreter = Setting(ReadText(SettingsFolder() & "duban.conf"), "INTERPRETER_WIN")
    If Not IsFullPath(interpreter) Then
        Complain "not_installed"
        Exit Function
    End If
    RunPython = StartAndWait(CommandLine(interpreter, command, ActiveWorkbook.Name, Application.Hwnd))
End Function

Private Function StartAndWait(ByVal shellLine As String) As Long
    StartAndWait = -1
    On Error GoTo Blocked
    ' 1, True: an ordinary window (a hidden start would hide the dialogs too), and wait until Python has finished.
    StartAndWait = CreateObject("WScript.Shell").Run(shellLine, 1, True)
    If StartAndWait <> 0 Then Complain "failed"
    Exit Function
Blocked:
    Complain "blocked"
End Function

' No shell stands between: nothing in a name can start a second command. -I leaves the current folder, the
' environment and the user's packages out of Python's search path; -B writes no caches.
Public Function CommandLine(ByVal interpreter As String, ByVal command As String, ByVal book As String, _
        ByVal window As Variant) As String
    CommandLine = Quoted(interpreter) & " -I -B -c " & Quoted(command) & " " & Quoted("--wb=" & book) _
        & " --from_xl=1 --hwnd=" & CStr(window)
End Function

Private Function Quoted(ByVal text As String) As String
    Quoted = Chr(34) & text & Chr(34)
End Function

' "%" would be expanded on the way, "=" cuts the name short where xlwings reads it.
Public Function IsPlainName(ByVal book As String) As Boolean
    IsPlainName = InStr(book, "%") = 0 And InStr(book, "=") = 0
End Function

Public Function IsFullPath(ByVal path As String) As Boolean
    IsFullPath = (Mid(path, 2, 2) = ":\" Or Left(path, 2) = "\\") And InStr(path, Chr(34)) = 0 And InStr(path, "%") = 0
End Function

' Lines of the form "KEY","VALUE".
Public Function Setting(ByVal text As String, ByVal key As String) As String
    Dim lines As Variant, index As Long, head As String
    lines = Split(Replace(text, vbCr, ""), vbLf)
    head = Quoted(key) & "," & Chr(34)
    For index = LBound(lines) To UBound(lines)
        If Left(lines(index), Len(head)) = head And Right(lines(index), 1) = Chr(34) Then
            Setting = Mid(lines(index), Len(head) + 1, Len(lines(index)) - Len(head) - 1)
            Exit Function
        End If
    Next
End Function

Public Function SettingsFolder() As String
    SettingsFolder = Environ("USERPROFILE") & "\.duban\"
End Function

' The scheduler's last sign of life, 2026-03-02T09:30, as it stands beside the ledger before the eyes; empty without one.
Public Function HeartbeatText() As String
    If ActiveWorkbook Is Nothing Then Exit Function
    HeartbeatText = HeartbeatIn(ReadHead(Beside(ActiveWorkbook.FullName, Wording("beside"))))
End Function

Public Function Beside(ByVal book As String, ByVal ending As String) As String
    Dim dot As Long
    dot = InStrRev(book, ".")
    If dot > 0 Then Beside = Left(book, dot - 1) & ending
End Function

Public Function HeartbeatIn(ByVal text As String) As String
    Dim mark As String, start As Long
    mark = Quoted("heartbeat") & ": " & Chr(34)
    start = InStr(text, mark)
    If start > 0 Then HeartbeatIn = Mid(text, start + Len(mark), 16)
End Function

' What the scheduler leaves may be long and hold any text: its first characters are plain and tell enough.
Public Function ReadHead(ByVal path As String) As String
    Dim number As Integer, size As Long
    On Error GoTo Missing
    number = FreeFile
    Open path For Input As #number
    On Error GoTo Odd
    size = LOF(number)
    If size > 110 Then size = 110
    ReadHead = Input(size, #number)
Odd:
    Close #number
Missing:
End Function

' A text file in the ANSI code page; empty when there is none.
Private Function ReadText(ByVal path As String) As String
    Dim number As Integer, oneLine As String
    On Error GoTo Missing
    number = FreeFile
    Open path For Input As #number
    Do While Not EOF(number)
        Line Input #number, oneLine
        ReadText = ReadText & oneLine & vbLf
    Loop
    Close #number
Missing:
End Function

' What people read stands in the add-in's own sheet, because this source is ASCII.
Public Function Wording(ByVal key As String) As String
    Wording = Application.WorksheetFunction.VLookup(key, ThisWorkbook.Worksheets(1).Range("A1:B40"), 2, False)
End Function

Private Sub Complain(ByVal key As String)
    MsgBox Wording(key), vbExclamation, Wording("title")
End Sub
