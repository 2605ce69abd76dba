Attribute VB_Name = "Ribbon"
Option Explicit

' One callback serves every button: the tag of a control names the Python function, "addin.macros:check_ledger".
' So a new button needs a line of ribbon XML and a function, and this source stays as it is.

Private mRibbon As Object
Private mNextLook As Date

Public Sub RibbonLoaded(ribbon As IRibbonUI)
    Set mRibbon = ribbon
    LookAgain
End Sub

' Every five minutes the label is judged anew, button or no button. Excel waits until no cell is being edited.
Public Sub LookAgain()
    RefreshLabel
    mNextLook = Now + TimeSerial(0, 5, 0)
    Application.OnTime mNextLook, LookAgainName()
End Sub

Public Function LookAgainName() As String
    LookAgainName = "'" & ThisWorkbook.Name & "'!Ribbon.LookAgain"
End Function

' A look that is still due would open the add-in again.
Public Sub Auto_Close()
    On Error Resume Next
    Application.OnTime mNextLook, LookAgainName(), , False
End Sub

Private Sub RefreshLabel()
    If Not mRibbon Is Nothing Then mRibbon.InvalidateControl "dubanService"
End Sub

Public Sub RibbonClick(control As IRibbonControl)
    Dispatch control.Tag
    RefreshLabel
End Sub

Public Sub Dispatch(ByVal target As String)
    Dim parts As Variant
    parts = Split(target, ":")
    RunPython "import " & parts(0) & "; " & parts(0) & "." & parts(1) & "()"
End Sub

' The label of the scheduler's state, judged by the heartbeat that stands beside every open ledger.
Public Sub ServiceLabel(control As IRibbonControl, ByRef label As Variant)
    On Error Resume Next ' nobody asked for this: it must never put a box before a person who is typing
    label = Wording(ServiceState(HeartbeatText(), Now))
End Sub

' The heartbeat is written as 2026-03-02T09:30.
Public Function ServiceState(ByVal heartbeat As String, ByVal at As Date) As String
    Dim digits As String, beat As Date
    ServiceState = "service_unknown"
    digits = Mid(heartbeat, 1, 4) & Mid(heartbeat, 6, 2) & Mid(heartbeat, 9, 2) & Mid(heartbeat, 12, 2) & Mid(heartbeat, 15, 2)
    If Len(digits) <> 12 Or Not IsNumeric(digits) Then Exit Function
    beat = DateSerial(CInt(Mid(digits, 1, 4)), CInt(Mid(digits, 5, 2)), CInt(Mid(digits, 7, 2))) _
        + TimeSerial(CInt(Mid(digits, 9, 2)), CInt(Mid(digits, 11, 2)), 0)
    If DateDiff("n", beat, at) > 30 Then ServiceState = "service_late" Else ServiceState = "service_alive"
End Function
