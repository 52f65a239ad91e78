<section class="card" id="log" aria-labelledby="log-title">
  <h2 id="log-title">{{t("log.title")}}</h2>
  % if view.log:
  <ul class="log">
    % for row in view.log:
    % include("log_row.tpl", row=row)
    % end
  </ul>
  % if view.earlier_log:
  <details id="log-earlier">
    <summary>{{t("log.earlier")}}</summary>
    <ul class="log">
      % for row in view.earlier_log:
      % include("log_row.tpl", row=row)
      % end
    </ul>
  </details>
  % end
  % else:
  <p class="empty">{{t("log.none")}}</p>
  % end
</section>
