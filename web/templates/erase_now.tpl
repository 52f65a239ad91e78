% rebase("layout.tpl", title=t("erase.title"), server_name=server_name, here=here, script="secrets.mjs")
<section class="card setup" id="erase-last">
  <h1>{{t("erase.last")}}</h1>
  % if view.backup:
  <p>{{t("erase.backup_made")}}</p>
  <p><code dir="ltr" class="path" id="backup-file">{{view.backup.file}}</code></p>
  % if view.backup.copied_to:
  <p>{{t("erase.backup_copied")}} <code dir="ltr" class="path">{{view.backup.copied_to}}</code></p>
  % end
  <p>{{t("erase.backup_opens")}}</p>
  <p>{{t("erase.phones_wait")}}</p>
  % else:
  <p class="advice" id="no-backup">{{t("erase.no_backup")}}</p>
  % end
  <div class="answers">
    <form method="post" action="/erase/now?lang={{translator.language}}">
      <input type="hidden" name="name" value="{{view.name}}">
      <input type="hidden" name="kept" value="{{view.kept}}">
      <input type="hidden" name="backups_too" value="{{"yes" if view.with_backups else ""}}">
      <button class="button danger" id="erase-now">{{t("erase.now")}}</button>
    </form>
    % if view.was_stopped:
    <a class="button" id="keep" href="/?lang={{translator.language}}">{{t("erase.keep")}}</a>
    % else:
    <form method="post" action="/start?lang={{translator.language}}">
      <button class="button" id="keep">{{t("erase.keep")}}</button>
    </form>
    % end
  </div>
</section>
