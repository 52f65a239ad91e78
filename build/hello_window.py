"""The barest window there is: what the start of the program is compared with (build/try_start.py)."""

import webview

PAGE = (
    '<!doctype html><html><body style="margin:0;height:100vh;display:grid;place-items:center;font:17px system-ui">'
    "<h1>Hello from a window</h1></body></html>"
)

webview.create_window("Hello", html=PAGE, width=1100, height=760)
webview.start(gui="qt")
