% rebase("layout.tpl", title=t("erase.title"), server_name=server_name, here=here, script="secrets.mjs")
<form class="card setup" method="post" action="/erase?lang={{translator.language}}" novalidate id="erase-form">
  <h1>{{t("erase.title")}}</h1>
  <p class="advice" id="erase-what">{{t("erase.what")}}</p>
  % if view.problem:
  <div class="problems" role="alert" id="erase-problem">
    <p>{{t("erase.not_done")}} {{view.problem}}</p>
    % if view.needs_code:
    <p><a id="to-backups" href="/backups?lang={{translator.language}}">{{t("backups.title")}}</a></p>
    % end
  </div>
  % end
  <div class="rows">
    <label class="agree"><input type="checkbox" name="backup" value="yes" id="with-backup" {{!"checked" if view.with_backup else ""}}> <span>{{t("erase.backup")}}</span></label>
    <label class="agree"><input type="checkbox" name="backups_too" value="yes" id="with-backups" {{!"checked" if view.with_backups else ""}}> <span>{{t("erase.backups_too")}}</span></label>
    <p class="hint">{{t("erase.second_place")}}</p>
    <p>{{t("erase.type_name")}} <strong dir="auto" id="server-name">{{view.name}}</strong></p>
    % include("field.tpl", name="name", kind="text", value=view.typed, direction="auto", most=200, label=t("erase.name"), hint="", wrong=t("erase.wrong_name") if view.is_name_wrong else "", is_first_wrong=view.is_name_wrong)
  </div>
  <div class="answers">
    <button class="button danger" id="erase-submit">{{t("action.go_on")}}</button>
    <a class="button" id="cancel" href="/settings?lang={{translator.language}}">{{t("action.cancel")}}</a>
  </div>
</form>
