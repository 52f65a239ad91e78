<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section class="card setup" id="move">
  <h1>{{t("move.title")}}</h1>
  <p class="lead">{{t("move.intro")}}</p>
  <ol class="move-steps">
    <li id="step-leave">
      <h2>{{t("move.leave")}}</h2>
      <div role="status" id="leave-news">
        % if view.has_left:
        <p class="step-done">
          % include("icon.tpl", name="good")
          <span>{{t("move.leave.done")}}</span>
        </p>
        % end
      </div>
      % if view.has_left:
      <form method="post" action="/move/stay?lang={{translator.language}}" data-live>
        <button class="button" id="stay">{{t("move.stay")}}</button>
      </form>
      % else:
      <p>{{t("move.leave.why")}}</p>
      <form method="post" action="/move/leave?lang={{translator.language}}" data-live>
        <button class="button primary" id="leave">{{t("move.leave.do")}}</button>
      </form>
      % end
    </li>
    <li id="step-back-up">
      <h2>{{t("move.back_up")}}</h2>
      % if not view.has_left:
      <p class="muted" id="later">{{t("move.back_up.later")}}</p>
      % elif view.progress:
      % include("progress.tpl", name="backup", progress=view.progress)
      % else:
      <div role="status" id="made-news">
        % if view.made:
        <p class="step-done" id="made">
          % include("icon.tpl", name="good")
          <span dir="auto">{{view.made}}</span>
        </p>
        % end
      </div>
      % if view.failure:
      <div class="problems" role="alert" id="move-problem"><p>{{view.failure}}</p></div>
      % end
      <form method="post" action="/move/back-up?lang={{translator.language}}" data-live class="number-setting" id="back-up-form">
        <label for="folder">{{t("move.folder")}}</label>
        <div class="input">
          <input id="folder" name="folder" value="{{view.folder}}" dir="ltr" maxlength="1000" autocomplete="off" autocapitalize="off" spellcheck="false" list="drives" aria-describedby="folder-hint">
          <button class="button{{"" if view.made else " primary"}}" id="back-up">{{t("move.back_up.again") if view.made else t("move.back_up.do")}}</button>
        </div>
        <datalist id="drives">
          % for drive in view.drives:
          <option value="{{drive}}"></option>
          % end
        </datalist>
        <p class="hint" id="folder-hint">{{t("move.folder.hint")}}</p>
      </form>
      % end
    </li>
    <li id="step-there">
      <h2>{{t("move.there")}}</h2>
      <ul class="effects">
        % for sentence in view.there:
        <li>{{sentence}}</li>
        % end
      </ul>
      <form method="post" action="/backups/code?lang={{translator.language}}">
        <button class="button" id="show-code">{{t("action.show_code")}}</button>
      </form>
    </li>
  </ol>
</section>
