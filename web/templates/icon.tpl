<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
% if name == "good":
<path d="M5 12.5l4.5 4.5L19 7.5"/>
% elif name == "busy":
<path d="M7 4h10M7 20h10M8 4v3.5l4 4.5 4-4.5V4M8 20v-3.5l4-4.5 4 4.5V20"/>
% elif name == "off":
<path d="M9 6v12M15 6v12"/>
% elif name == "bad":
<path d="M12 5v9M12 18.5v.5"/>
% elif name == "warn":
<path d="M5.5 12a9.5 9.5 0 0 1 3-2M18.5 12a9.5 9.5 0 0 0-5-2.8M8.5 15.5a5 5 0 0 1 5.5-1M12 19v.2M4 4l16 16"/>
% elif name == "info":
<path d="M12 10.5v7M12 6v.2"/>
% elif name == "down":
<path d="M12 4v12M6.5 11L12 16.5 17.5 11M5 20h14"/>
% elif name == "up":
<path d="M12 16.5V4.5M6.5 9.5L12 4l5.5 5.5M5 20h14"/>
% elif name == "computer":
<path d="M4 5h16v11H4zM9 20h6M12 16v4"/>
% elif name == "phone":
<path d="M7.5 3h9v18h-9zM11 18h2"/>
% elif name == "unplugged":
<path d="M9 3v5M15 3v5M6.5 8h11v3a5.5 5.5 0 0 1-11 0zM12 16.5V21"/>
% elif name == "cloud":
<path d="M7 18.5a4.5 4.5 0 0 1-.6-8.95 6 6 0 0 1 11.4 1.5A3.8 3.8 0 0 1 17.5 18.5z"/>
% elif name == "cloud_up":
<path d="M7 16.5a4 4 0 0 1-.4-7.95 6 6 0 0 1 11.4 1.5 3.4 3.4 0 0 1-.4 6.6M12 20.5V12M9 14.5l3-3 3 3"/>
% elif name == "cloud_down":
<path d="M7 15.5a4 4 0 0 1-.4-7.95 6 6 0 0 1 11.4 1.5 3.4 3.4 0 0 1-.4 6.6M12 11.5V20M9 17.5l3 3 3-3"/>
% elif name == "cross":
<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>
% elif name == "unknown":
<path d="M9 9.2a3 3 0 1 1 4.6 2.5c-1 .6-1.6 1.2-1.6 2.3M12 18v.2"/>
% elif name == "forward":
<path d="M5 12h13M13 6.5l5.5 5.5-5.5 5.5"/>
% end
</svg>
