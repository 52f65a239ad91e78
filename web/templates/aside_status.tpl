<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<div class="page-head" id="page-head">
  <div class="page-words">
    <h1 class="headline">{{t("aside.title")}}</h1>
    <p>{{t("aside.intro") if view.cards else t("aside.none")}}</p>
  </div>
  % if len(view.cards) > 1:
  <form method="post" action="/cloud/aside/retry-all?lang={{translator.language}}" data-live>
    <button class="button" id="retry-all">{{t("action.retry_all")}}</button>
  </form>
  % end
</div>
% if view.cards:
<ul class="records" id="records">
  % for card in view.cards:
  <li class="card record" id="aside-{{card.key}}">
    % include("record_head.tpl", key=card.key, kind=card.kind, name=card.name, sentence=card.when, exact=card.when_exact)
    <p class="why">{{card.why}}</p>
    <div class="card-actions">
      <form method="post" action="/cloud/aside/retry?lang={{translator.language}}" data-live>
        <input type="hidden" name="table" value="{{card.table}}">
        <input type="hidden" name="id" value="{{card.record_id}}">
        <button class="button" id="retry-{{card.key}}" aria-describedby="record-{{card.key}}">{{t("action.retry")}}</button>
      </form>
      <a class="button" id="discard-{{card.key}}" href="/cloud/aside/discard?lang={{translator.language}}&amp;{{card.query}}" aria-describedby="record-{{card.key}}">{{t("action.discard")}}</a>
    </div>
  </li>
  % end
</ul>
% end
% if view.more:
<p class="muted" id="more">{{view.more}}</p>
% end
