% rebase("layout.tpl", title=t("state.first_run"), script="first_run.mjs")
% def field(name, kind="text", value="", hint=None, direction="auto", autocomplete="off"):
%   wrong = t("first_run.wrong." + name) if name in entry.wrong else None
%   include("field.tpl", name=name, kind=kind, value=value, direction=direction, autocomplete=autocomplete, label=t("first_run." + name), hint=hint, wrong=wrong, is_first_wrong=name in entry.wrong[:1], show=t("action.show_password"), hide=t("action.hide_password"))
% end
<form class="card setup" method="post" action="/first-run?lang={{translator.language}}" novalidate id="setup">
  <h1>{{t("first_run.title")}}</h1>
  <p class="lead">{{t("first_run.intro")}}</p>
  % if entry.wrong:
  <div class="problems" role="alert">
    <h2>{{t("first_run.problems", count=len(entry.wrong))}}</h2>
    <ul>
      % for name in entry.wrong:
      <li><a href="#{{name}}">{{t("first_run." + name)}}</a></li>
      % end
    </ul>
  </div>
  % end
  <div class="either" id="with-cloud">
    <p>{{t("first_run.cloud")}}</p>
    <a class="button" id="cloud-first" href="/cloud/connect?lang={{translator.language}}">{{t("first_run.cloud.connect")}}</a>
  </div>
  <div class="either" id="with-backup">
    <p>{{t("first_run.backup")}}</p>
    <a class="button" id="backup-first" href="/restore?lang={{translator.language}}">{{t("first_run.backup.restore")}}</a>
  </div>
  <fieldset>
    <legend>{{t("first_run.group.server")}}</legend>
    <div class="fields">
    % field("server_name", value=entry.form.server_name, hint=t("first_run.server_name.hint"))
    % field("clinic_name", value=entry.form.clinic_name)
    </div>
  </fieldset>
  <fieldset>
    <legend>{{t("first_run.group.staff")}}</legend>
    <p class="hint">{{t("first_run.group.staff.hint")}}</p>
    <div class="fields">
    % field("staff_name", value=entry.form.staff_name)
    % field("email", kind="email", value=entry.form.email, hint=t("first_run.email.hint"), direction="ltr")
    % field("password", kind="password", autocomplete="new-password", hint=t("first_run.password_again") if entry.wrong and "password" not in entry.wrong else t("first_run.password.hint"), direction="ltr")
    </div>
  </fieldset>
  <button class="button primary wide" id="finish">{{t("first_run.submit")}}</button>
</form>
