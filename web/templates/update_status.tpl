<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section id="state" class="state tone-{{view.state.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.state.icon)
  </div>
  <div class="state-words">
    <div role="status" id="update-news"><h1 class="headline">{{view.state.headline}}</h1></div>
    <p id="update-sentence">{{" ".join(view.state.sentences)}}</p>
    % if view.state.progress:
    % include("progress.tpl", name="update", progress=view.state.progress)
    % end
  </div>
</section>
<div class="columns even" id="columns">
  % if view.can_look:
  <section class="card" id="from-file" aria-labelledby="file-title">
    <h2 id="file-title">{{t("update.file")}}</h2>
    <p>{{t("update.file.how")}}</p>
    <form method="post" action="/update/look?lang={{translator.language}}" data-live class="number-setting">
      <label for="folder">{{t("update.folder")}}</label>
      <div class="input">
        <input id="folder" name="folder" value="{{view.folder}}" dir="ltr" maxlength="1000" autocomplete="off" aria-describedby="folder-hint">
        <button class="button small" id="look">{{t("action.look_for_update")}}</button>
      </div>
      <p class="hint" id="folder-hint">{{t("update.folder.hint")}}</p>
    </form>
    <div role="status" id="found-news">
      % if view.nothing_found:
      <p id="found-none">{{t("update.found.none")}}</p>
      % end
    </div>
    % if view.rows:
    <ul class="checks" id="found">
      % for number, row in enumerate(view.rows):
      <li>
        <div class="check-words">
          <p><strong>{{row.version or t("update.found.unknown")}}</strong></p>
          <p class="muted"><code dir="ltr" class="path">{{row.name}}</code> · {{row.size}}</p>
          % if row.sentence:
          <p>{{row.sentence}}</p>
          % end
        </div>
        % if row.address:
        <a class="button primary" id="install-{{number}}" href="{{row.address}}&amp;lang={{translator.language}}">{{t("action.install_update")}}</a>
        % end
      </li>
      % end
    </ul>
    % end
  </section>
  % end
  <section class="card" id="asking" aria-labelledby="asking-title">
    <h2 id="asking-title">{{t("update.asking")}}</h2>
    <p id="asking-now" role="status">{{" ".join(view.asking)}}</p>
    <div class="card-actions">
      <form method="post" action="/update/asking?lang={{translator.language}}" data-live>
        <input type="hidden" name="may_ask" value="{{"no" if view.may_ask else "yes"}}">
        <button class="button" id="choose-asking">{{t("action.forbid_asking") if view.may_ask else t("action.allow_asking")}}</button>
      </form>
      % if view.may_ask:
      <form method="post" action="/update/ask?lang={{translator.language}}" data-live>
        <button class="button" id="ask-now">{{t("action.ask_now")}}</button>
      </form>
      % end
    </div>
  </section>
</div>
