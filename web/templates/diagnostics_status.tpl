<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section id="state" class="state tone-{{view.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.tone)
  </div>
  <div class="state-words">
    <div role="status" id="report-news">
      <h1 class="headline">{{view.headline}}</h1>
      % if view.detail:
      <p>{{view.detail}}</p>
      % end
    </div>
    <p>{{t("diagnostics.what")}}</p>
  </div>
  % if not view.is_preparing:
  <div class="state-actions">
    % if view.code:
    <a class="button primary" id="save-report" href="/diagnostics/download" download>{{t("diagnostics.save")}}</a>
    % end
    <form method="post" action="/diagnostics/prepare?lang={{translator.language}}" data-live>
      <button class="button" id="prepare-report">{{t("diagnostics.again")}}</button>
    </form>
  </div>
  % end
</section>
<div class="columns" id="columns">
  <div class="column" id="first-column">
    % if view.code:
    <section class="card" id="support-code" aria-labelledby="support-code-title">
      <h2 id="support-code-title">{{t("diagnostics.code")}}</h2>
      <p class="support-code"><code dir="ltr" id="code">{{view.code}}</code></p>
      <p>{{t("diagnostics.code.how")}}</p>
    </section>
    % end
    <section class="card" id="never" aria-labelledby="never-title">
      <h2 id="never-title">{{t("diagnostics.never")}}</h2>
      <ul class="never">
        % for line in view.never:
        <li>
          % include("icon.tpl", name="cross")
          <span>{{line}}</span>
        </li>
        % end
      </ul>
    </section>
  </div>
  <div class="column" id="second-column">
    % if view.files:
    <section class="card" id="contents" aria-labelledby="contents-title">
      <h2 id="contents-title">{{t("diagnostics.contents")}}</h2>
      <ul class="checks">
        % for file in view.files:
        <li>
          <div class="check-words">
            <p>{{file.what}}</p>
            <p class="muted"><code dir="ltr">{{file.name}}</code> · {{file.entries}} · {{file.size}}</p>
          </div>
        </li>
        % end
      </ul>
    </section>
    % end
  </div>
</div>
