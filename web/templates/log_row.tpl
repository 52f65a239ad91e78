<li class="log-row{{" failed" if row.has_failed else ""}}">
  % include("icon.tpl", name=row.icon)
  <div>
    <p><span class="unseen">{{t("log.result.failed") if row.has_failed else t("log.result.ok")}}:</span> {{row.sentence}}</p>
    % for remark in row.remarks:
    <p class="remark">{{remark}}</p>
    % end
    <p class="muted"><span title="{{row.when_exact}}">{{row.when}}</span>{{" · " + row.size if row.size else ""}}</p>
  </div>
</li>
