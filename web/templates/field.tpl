% described = " ".join(([name + "-wrong"] if wrong else []) + ([name + "-hint"] if hint else []))
<div class="field{{" wrong" if wrong else ""}}">
  <label for="{{name}}">{{label}}</label>
  <div class="input">
    <input id="{{name}}" name="{{name}}" type="{{kind}}" value="{{value}}" dir="{{direction}}" required spellcheck="false"
      autocomplete="{{get("autocomplete", "off")}}" autocapitalize="off" maxlength="{{get("most", 200)}}"
      {{!'aria-invalid="true"' if wrong else ""}} {{!'aria-describedby="' + described + '"' if described else ""}}
      {{!"autofocus" if is_first_wrong else ""}}>
    % if kind == "password":
    <button type="button" class="button reveal" aria-controls="{{name}}"
      data-show="{{show}}" data-hide="{{hide}}">{{show}}</button>
    % end
  </div>
  % if wrong:
  <p class="wrong-text" id="{{name}}-wrong">
    % include("icon.tpl", name="bad")
    <span>{{wrong}}</span>
  </p>
  % end
  % if hint:
  <p class="hint" id="{{name}}-hint">{{hint}}</p>
  % end
</div>
