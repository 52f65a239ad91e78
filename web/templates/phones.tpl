<section class="card" id="phones" aria-labelledby="phones-title">
  <h2 id="phones-title">{{t("phones.title")}}</h2>
  % if view.phones:
  <div class="table">
    <table aria-labelledby="phones-title">
      <thead>
        <tr>
          <th scope="col">{{t("phones.column.phone")}}</th>
          <th scope="col">{{t("phones.column.last_sync")}}</th>
          <th scope="col" class="number">{{t("phones.column.received")}}</th>
          <th scope="col" class="number">{{t("phones.column.sent")}}</th>
        </tr>
      </thead>
      <tbody>
        % for phone in view.phones:
        <tr>
          <th scope="row">
            <div class="phone">
              % include("icon.tpl", name="phone")
              <div>
                <div {{!'dir="auto"' if phone.user else ""}}>{{phone.name}}</div>
                % if phone.user or phone.generation or phone.clock:
                <div class="phone-more">
                  % if phone.user:
                  <span dir="auto">{{phone.user}}</span>
                  % end
                  % if phone.generation:
                  <span class="badge">{{phone.generation}}</span>
                  % end
                  % if phone.clock:
                  <span class="badge wrong-clock">{{phone.clock}}</span>
                  % end
                </div>
                % end
              </div>
            </div>
          </th>
          <td><span title="{{phone.last_sync_exact}}">{{phone.last_sync}}</span></td>
          <td class="number">{{phone.received}}</td>
          <td class="number">{{phone.sent}}</td>
        </tr>
        % if phone.receipt:
        <tr class="receipt">
          <td colspan="4">{{phone.receipt}}</td>
        </tr>
        % end
        % end
      </tbody>
    </table>
  </div>
  % else:
  <p class="empty">{{t("phones.none")}}</p>
  % end
  <p class="more"><a class="button small" id="all-phones" href="/phones?lang={{translator.language}}">{{t("phones.all")}}</a></p>
</section>
