% for choice in choices:
% look = "button" + (" primary" if choice.is_primary else "") + (" small" if get("size") else "")
% if choice.is_link:
<a class="{{look}}" id="{{choice.id}}" href="{{choice.address}}?lang={{translator.language}}">{{choice.label}}</a>
% else:
<form method="post" action="{{choice.address}}?lang={{translator.language}}" data-live>
  <input type="hidden" name="back" value="{{back}}">
  <button class="{{look}}" id="{{choice.id}}">{{choice.label}}</button>
</form>
% end
% end
