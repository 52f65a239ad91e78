% safety = view.safety
<section class="card cloud-card tone-{{safety.tone}}" id="safety" aria-labelledby="safety-title">
  <h2 id="safety-title">{{t("backups.title")}}</h2>
  <div class="cloud-state">
    <span class="state-icon small">
      % include("icon.tpl", name=safety.icon)
    </span>
    <p class="cloud-headline" id="safety-headline" role="status">{{safety.headline}}</p>
  </div>
  % if safety.progress:
  % include("progress.tpl", name="backup", progress=safety.progress)
  % end
  % if safety.sentences:
  <p class="cloud-sentence" id="safety-sentence">{{" ".join(safety.sentences)}}</p>
  % end
  <dl class="facts" id="safety-facts">
    % include("facts.tpl", facts=safety.facts)
  </dl>
  <div class="card-actions">
    % include("choices.tpl", choices=safety.choices)
    <a class="button" id="backups-page" href="/backups?lang={{translator.language}}">{{t("cloud.details")}}</a>
  </div>
</section>
