<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section id="state" class="state tone-{{view.safety.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.safety.icon)
  </div>
  <div class="state-words">
    <div role="status" id="safety-news"><h1 class="headline">{{view.safety.headline}}</h1></div>
    % if view.safety.sentences:
    <p id="safety-sentence">{{" ".join(view.safety.sentences)}}</p>
    % end
    % if view.safety.progress:
    % include("progress.tpl", name="backup", progress=view.safety.progress)
    % end
  </div>
  <div class="state-actions">
    % include("choices.tpl", choices=view.safety.choices)
  </div>
</section>
<div class="columns even" id="columns">
  <section class="card" id="facts" aria-labelledby="facts-title">
    <h2 id="facts-title">{{t("backups.facts")}}</h2>
    <dl class="facts">
      % include("facts.tpl", facts=view.safety.facts)
    </dl>
    <h3 id="second-title">{{t("backups.second")}}</h3>
    <form method="post" action="/backups/second?lang={{translator.language}}" data-live class="number-setting">
      <label for="folder">{{t("backups.second.label")}}</label>
      <div class="input">
        <input id="folder" name="folder" value="{{view.second_folder}}" dir="ltr" maxlength="1000" autocomplete="off" aria-describedby="folder-hint folder-now">
        <button class="button small" id="save-folder" aria-describedby="folder-now">{{t("action.save")}}</button>
      </div>
      <p class="hint" id="folder-hint">{{t("backups.second.hint")}}</p>
      <p class="hint" id="folder-now" role="status">{{view.second_now}}</p>
    </form>
  </section>
  <section class="card" id="recovery" aria-labelledby="recovery-title">
    <h2 id="recovery-title">{{t("recovery.title")}}</h2>
    <p>{{t("recovery.why")}}</p>
    <div class="card-actions">
      <form method="post" action="/backups/code?lang={{translator.language}}">
        <button class="button" id="show-code">{{t("action.show_code")}}</button>
      </form>
    </div>
  </section>
</div>
<section class="card" id="backups" aria-labelledby="backups-title">
  <h2 id="backups-title">{{t("backups.list")}}</h2>
  % if view.rows:
  <div class="table" tabindex="0">
  <table aria-labelledby="backups-title">
    <thead><tr><th scope="col">{{t("backups.column.made")}}</th><th scope="col">{{t("backups.column.place")}}</th><th scope="col">{{t("backups.column.size")}}</th><th scope="col">{{t("backups.column.file")}}</th></tr></thead>
    <tbody>
      % for row in view.rows:
      <tr><td title="{{row.exact}}">{{row.made}}</td><td>{{row.place}}</td><td>{{row.size}}</td><td><code dir="ltr" class="path">{{row.name}}</code></td></tr>
      % end
    </tbody>
  </table>
  </div>
  % elif not view.is_looking:
  <p>{{t("backups.list.none")}}</p>
  % end
  % if view.is_looking:
  <p class="hint" id="looking">{{t("backups.looking")}}</p>
  % end
  <div class="card-actions">
    <a class="button" id="restore" href="/restore?lang={{translator.language}}">{{t("backups.restore")}}</a>
    <a class="button" id="move" href="/move?lang={{translator.language}}">{{t("backups.move")}}</a>
  </div>
</section>
