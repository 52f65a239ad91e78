% rebase("layout.tpl", title=view.title, server_name=server_name, here=here, script="connect.mjs")
<form class="card setup" method="post" action="/cloud/connect?lang={{translator.language}}" novalidate id="connect-form">
  <h1>{{view.title}}</h1>
  <p class="lead">{{view.intro}}</p>
  % if view.asks_about_other:
  <div class="problems" role="alert" id="other-cloud">
    <h2>{{t("cloud_form.other.title")}}</h2>
    <p>{{t("cloud_form.other.effect")}}</p>
  </div>
  % end
  <div class="rows">
    % include("field.tpl", name="url", kind="url", value=view.url, direction="ltr", most=500, label=t("cloud_form.url"), hint=t("cloud_form.url.hint"), wrong=view.wrong.get("url"), is_first_wrong="url" in view.wrong)
    % include("field.tpl", name="key", kind="password", value="", direction="ltr", most=1000, label=t("cloud_form.key"), hint=view.key_hint, wrong=view.wrong.get("key"), is_first_wrong="key" in view.wrong, show=t("action.show_key"), hide=t("action.hide_key"))
    % if view.asks_about_other:
    <label class="agree"><input type="checkbox" name="may_replace" value="yes" id="may-replace"> <span>{{t("cloud_form.other.agree")}}</span></label>
    % end
  </div>
  <div class="answers">
    <button class="button primary" id="connect-submit" data-busy="{{t("cloud_form.submitting")}}">{{t("cloud_form.submit")}}</button>
    <a class="button" id="cancel" href="{{view.back}}?lang={{translator.language}}">{{t("action.cancel")}}</a>
  </div>
</form>
