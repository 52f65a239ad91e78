% rebase("layout.tpl", title=t("revoke.title", phone=view.name), server_name=server_name, here=here)
<section class="setup card">
  <h1>{{t("revoke.title", phone=view.name)}}</h1>
  <p class="lead">{{t("revoke.effect")}}</p>
  % if view.advice:
  <p class="advice" id="advice">{{view.advice}}</p>
  % end
  <p id="last-sent">{{view.last_sent}}</p>
  % if view.sent:
  <dl class="counts">
    % for table, count in view.sent:
    <div><dt>{{table}}</dt><dd>{{count}}</dd></div>
    % end
  </dl>
  % end
  <form method="post" action="/phones/revoke?lang={{translator.language}}" class="answers">
    <input type="hidden" name="id" value="{{view.id}}">
    <button class="button danger" id="revoke">{{t("action.end_access")}}</button>
    <a class="button" href="/phones?lang={{translator.language}}">{{t("action.cancel")}}</a>
  </form>
</section>
