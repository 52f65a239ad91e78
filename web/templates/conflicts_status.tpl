<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<div class="page-head" id="page-head">
  <div class="page-words">
    <h1 class="headline">{{t("conflicts.title")}}</h1>
    <p>{{t("conflicts.intro") if view.cards else t("conflicts.none")}}</p>
  </div>
</div>
% if view.cards:
<ul class="records" id="records">
  % for card in view.cards:
  <li class="card record" id="conflict-{{card.version}}">
    % include("record_head.tpl", key=card.version, kind=card.kind, name=card.name, sentence=card.sentence, exact=card.exact)
    % if card.is_deleted:
    <p class="why">{{t("conflicts.deleted")}}</p>
    % end
    % if card.rows:
    <table class="values" aria-labelledby="record-{{card.version}}">
      <thead>
        <tr><th scope="col">{{t("conflicts.column")}}</th><th scope="col">{{t("conflicts.current")}}</th><th scope="col">{{t("conflicts.lost")}}</th></tr>
      </thead>
      <tbody>
        % for row in card.rows:
        <tr>
          <th scope="row"><bdi>{{row.label}}</bdi></th>
          <td>
            % include("value_lines.tpl", lines=row.current)
          </td>
          <td class="lost">
            % include("value_lines.tpl", lines=row.lost)
          </td>
        </tr>
        % end
      </tbody>
    </table>
    % end
    % if card.more_rows:
    <p class="muted">{{card.more_rows}}</p>
    % end
    <div class="card-actions">
      <form method="post" action="/conflicts/settle?lang={{translator.language}}" data-live>
        <input type="hidden" name="version" value="{{card.version}}">
        <button class="button" id="keep-{{card.version}}" aria-describedby="record-{{card.version}}">{{t("action.keep")}}</button>
      </form>
      <form method="post" action="/conflicts/restore?lang={{translator.language}}" data-live>
        <input type="hidden" name="table" value="{{card.table}}">
        <input type="hidden" name="id" value="{{card.record_id}}">
        <input type="hidden" name="version" value="{{card.version}}">
        <button class="button" id="restore-{{card.version}}" aria-describedby="record-{{card.version}}">{{t("action.restore")}}</button>
      </form>
    </div>
  </li>
  % end
</ul>
% end
% if view.more:
<p class="muted" id="more">{{view.more}}</p>
% end
