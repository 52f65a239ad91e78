% if lines:
% for line in lines:
<div dir="auto">{{line}}</div>
% end
% else:
<span class="muted">{{t("value.none")}}</span>
% end
