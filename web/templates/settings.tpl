% rebase("layout.tpl", title=t("settings.title"), server_name=server_name, here=here, script="secrets.mjs")
% shown = dict(show=t("action.show_typed"), hide=t("action.hide_typed"))
<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<h1 class="page-title">{{t("settings.title")}}</h1>
% if view.said:
<p class="said" id="said" role="status">{{view.said}}</p>
% end
<div class="columns even" id="columns">
  <section class="card" id="pin-card" aria-labelledby="pin-title">
    <h2 id="pin-title">{{t("settings.pin")}}</h2>
    <p id="pin-state">{{view.pin_state}}</p>
    <form method="post" action="/settings/pin?lang={{translator.language}}" novalidate class="secret-form">
      % include("field.tpl", name="pin", kind="password", value="", direction="ltr", most=20, label=t("settings.pin.new"), hint=t("settings.pin.hint"), wrong=view.wrong.get("pin"), is_first_wrong="pin" in view.wrong, **shown)
      % include("field.tpl", name="again", kind="password", value="", direction="ltr", most=20, label=t("settings.again"), hint="", wrong=view.wrong.get("again"), is_first_wrong="again" in view.wrong, **shown)
      <button class="button" id="save-pin">{{view.pin_submit}}</button>
    </form>
    % if view.has_pin:
    <form method="post" action="/settings/pin/remove?lang={{translator.language}}">
      <button class="button small" id="remove-pin">{{t("settings.pin.remove")}}</button>
    </form>
    % end
  </section>
  <section class="card" id="lock-card" aria-labelledby="lock-title">
    <h2 id="lock-title">{{t("settings.lock")}}</h2>
    <p>{{t("settings.lock.what")}}</p>
    % if view.has_pin:
    <form method="post" action="/settings/idle?lang={{translator.language}}" class="secret-form">
      <div class="field">
        <label for="minutes">{{t("settings.idle")}}</label>
        <select id="minutes" name="minutes">
          % for choice in view.idle:
          <option value="{{choice.minutes}}" {{!"selected" if choice.is_chosen else ""}}>{{choice.label}}</option>
          % end
        </select>
      </div>
      <button class="button" id="save-idle">{{t("action.save")}}</button>
    </form>
    <form method="post" action="/lock?lang={{translator.language}}">
      <button class="button" id="lock-now">{{t("settings.lock.now")}}</button>
    </form>
    % else:
    <p class="hint" id="lock-needs-pin">{{t("settings.lock.needs_pin")}}</p>
    % end
  </section>
  <section class="card" id="passphrase-card" aria-labelledby="passphrase-title">
    <h2 id="passphrase-title">{{t("settings.passphrase")}}</h2>
    <p id="passphrase-state">{{view.passphrase_state}}</p>
    <form method="post" action="/settings/passphrase?lang={{translator.language}}" novalidate class="secret-form">
      % if view.has_passphrase:
      % include("field.tpl", name="present", kind="password", value="", direction="auto", most=500, label=t("settings.passphrase.present"), hint="", wrong=view.wrong.get("present"), is_first_wrong="present" in view.wrong, **shown)
      % end
      % include("field.tpl", name="passphrase", kind="password", value="", direction="auto", most=500, label=t("settings.passphrase.new"), hint=t("settings.passphrase.hint"), wrong=view.wrong.get("passphrase"), is_first_wrong="passphrase" in view.wrong, **shown)
      % include("field.tpl", name="passphrase_again", kind="password", value="", direction="auto", most=500, label=t("settings.again"), hint="", wrong=view.wrong.get("passphrase_again"), is_first_wrong="passphrase_again" in view.wrong, **shown)
      <div class="card-actions">
        <button class="button" id="save-passphrase">{{view.passphrase_submit}}</button>
        % if view.has_passphrase:
        <button class="button" id="remove-passphrase" formaction="/settings/passphrase/remove?lang={{translator.language}}">{{t("settings.passphrase.remove")}}</button>
        % end
      </div>
    </form>
  </section>
  <section class="card" id="erase-card" aria-labelledby="erase-title">
    <h2 id="erase-title">{{t("erase.title")}}</h2>
    <p>{{t("settings.erase.what")}}</p>
    <div class="card-actions">
      <a class="button" id="erase" href="/erase?lang={{translator.language}}">{{t("settings.erase")}}</a>
    </div>
  </section>
</div>
