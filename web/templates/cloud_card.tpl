% card = view.cloud
<section class="card cloud-card tone-{{card.state.tone}}" id="cloud" aria-labelledby="cloud-title">
  <h2 id="cloud-title">{{t("cloud.title")}}</h2>
  <div class="cloud-state">
    <span class="state-icon small">
      % include("icon.tpl", name=card.state.icon)
    </span>
    <p class="cloud-headline" id="cloud-headline" role="status">{{card.state.headline}}</p>
  </div>
  % if card.state.progress:
  % include("progress.tpl", name="round", progress=card.state.progress)
  % end
  % if card.state.sentences:
  <p class="cloud-sentence" id="cloud-sentence">{{" ".join(card.state.sentences)}}</p>
  % end
  % include("todo.tpl", todo=card.todo)
  % if card.facts:
  <dl class="facts" id="cloud-facts">
    % include("facts.tpl", facts=card.facts)
  </dl>
  % end
  <div class="card-actions">
    % include("choices.tpl", choices=card.state.choices)
    % if card.has_page:
    <a class="button" id="cloud-page" href="/cloud?lang={{translator.language}}">{{t("cloud.details")}}</a>
    % end
  </div>
</section>
