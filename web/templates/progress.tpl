<div class="round" id="{{name}}">
  <p class="round-words"><span id="{{name}}-phase" role="status">{{progress.phase}}</span> <span id="{{name}}-count">{{progress.count}}</span></p>
  % if progress.total:
  <progress id="{{name}}-bar" aria-labelledby="{{name}}-phase" max="{{progress.total}}" value="{{progress.done}}"></progress>
  % else:
  <progress id="{{name}}-bar" aria-labelledby="{{name}}-phase"></progress>
  % end
</div>
