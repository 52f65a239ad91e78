<form method="post" action="{{action}}?lang={{translator.language}}" novalidate id="pin-form">
  <input type="hidden" name="to" value="{{view.to}}">
  <div class="rows">
    % include("field.tpl", name="pin", kind="password", value="", direction="ltr", most=20, label=t("pin.label"), hint="", wrong=view.wrong, is_first_wrong=not view.is_forgotten, show=t("action.show_typed"), hide=t("action.hide_typed"))
  </div>
  <div class="answers">
    <button class="button primary" id="pin-submit">{{submit}}</button>
    % if action == "/pin":
    <a class="button" id="cancel" href="/?lang={{translator.language}}">{{t("action.cancel")}}</a>
    % end
  </div>
</form>
<details id="forgotten" {{!"open" if view.is_forgotten else ""}}>
  <summary>{{t("pin.forgotten")}}</summary>
  <p>{{t("pin.forgotten.how")}}</p>
  <form method="post" action="/pin/forgotten?lang={{translator.language}}" novalidate>
    <input type="hidden" name="to" value="{{view.to}}">
    <div class="rows">
      % include("field.tpl", name="code", kind="text", value="", direction="ltr", most=80, label=t("recovery.title"), hint="", wrong=view.code_wrong, is_first_wrong=view.is_forgotten)
    </div>
    <div class="answers">
      <button class="button" id="code-submit">{{t("pin.forgotten.submit")}}</button>
    </div>
  </form>
</details>
