% rebase("layout.tpl", title=t("start.title"), is_locked=True, script="secrets.mjs")
<section class="card setup" id="ask-passphrase">
  <h1>{{t("start.title")}}</h1>
  <p class="lead">{{t("start.why")}}</p>
  <form method="post" action="/passphrase?lang={{translator.language}}" novalidate>
    <div class="rows">
      % include("field.tpl", name="passphrase", kind="password", value="", direction="auto", most=500, label=t("passphrase.label"), hint="", wrong=view.wrong, is_first_wrong=not view.code_wrong, show=t("action.show_typed"), hide=t("action.hide_typed"))
    </div>
    <div class="answers">
      <button class="button primary" id="passphrase-submit">{{t("action.start")}}</button>
    </div>
  </form>
  <details id="forgotten" {{!"open" if view.code_wrong else ""}}>
    <summary>{{t("start.forgotten")}}</summary>
    <p>{{t("start.forgotten.how")}}</p>
    <form method="post" action="/recovery?lang={{translator.language}}" novalidate>
      <div class="rows">
        % include("field.tpl", name="code", kind="text", value="", direction="ltr", most=80, label=t("recovery.title"), hint="", wrong=view.code_wrong, is_first_wrong=view.code_wrong)
      </div>
      <div class="answers">
        <button class="button" id="code-submit">{{t("start.forgotten.submit")}}</button>
      </div>
    </form>
  </details>
</section>
