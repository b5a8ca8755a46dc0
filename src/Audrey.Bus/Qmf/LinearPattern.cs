namespace Audrey.Bus.Qmf;

/// <summary>
/// A pattern of <c>re_match</c>, in the syntax of POSIX extended expressions without counts and named classes:
/// <c>. * + ? | ( ) [ ] [^ ] ^ $ \</c>. It matches anywhere in the text. The time of a match is at most proportional to the product of both
/// lengths, whatever the pattern is.
/// </summary>
internal sealed class LinearPattern
{
    private const int MaxLength = 512;
    private const int MaxDepth = 32;

    private readonly List<Step> _steps = [];
    private readonly string _text;
    private int _at;
    private int _depth;

    private LinearPattern(string text) => _text = text;

    private enum Kind
    {
        Letter,
        Any,
        Set,
        Start,
        End,
        Split,
        Jump,
        Match,
    }

    /// <summary>Returns the pattern, or null and the reason why the text is not one.</summary>
    public static LinearPattern? TryParse(string text, out string? error)
    {
        error = text.Length > MaxLength ? $"it is longer than {MaxLength} characters" : null;
        if (error is not null) return null;
        try
        {
            var pattern = new LinearPattern(text);
            pattern.Alternatives();
            if (pattern._at < text.Length) throw new FormatException("a ')' has no '('");
            pattern._steps.Add(new Step(Kind.Match));
            return pattern;
        }
        catch (FormatException exception)
        {
            error = exception.Message;
            return null;
        }
    }

    /// <summary>Returns whether the pattern matches a part of the text.</summary>
    public bool Matches(string text)
    {
        var current = new List<int>();
        var next = new List<int>();
        var seenAt = new int[_steps.Count];
        Array.Fill(seenAt, -1);
        for (var position = 0; position <= text.Length; position++)
        {
            Follow(0, position, text, seenAt, current);
            next.Clear();
            foreach (var index in current)
            {
                var step = _steps[index];
                if (step.Kind is Kind.Match) return true;
                if (position < text.Length && step.Accepts(text[position])) next.Add(index + 1);
            }

            current.Clear();
            foreach (var index in next) Follow(index, position + 1, text, seenAt, current);
        }

        return false;
    }

    private void Follow(int first, int position, string text, int[] seenAt, List<int> reached)
    {
        var pending = new Stack<int>();
        pending.Push(first);
        while (pending.TryPop(out var index))
        {
            if (seenAt[index] == position) continue;
            seenAt[index] = position;
            var step = _steps[index];
            switch (step.Kind)
            {
                case Kind.Split:
                    pending.Push(step.Second);
                    pending.Push(step.First);
                    break;
                case Kind.Jump:
                    pending.Push(step.First);
                    break;
                case Kind.Start when position == 0:
                case Kind.End when position == text.Length:
                    pending.Push(index + 1);
                    break;
                case Kind.Start or Kind.End:
                    break;
                default:
                    reached.Add(index);
                    break;
            }
        }
    }

    private void Alternatives()
    {
        if (++_depth > MaxDepth) throw new FormatException($"it has more than {MaxDepth} levels of parentheses");
        var start = _steps.Count;
        Sequence();
        var exits = new List<int>();
        while (_at < _text.Length && _text[_at] == '|')
        {
            _at++;
            Insert(start, new Step(Kind.Split, start + 1, _steps.Count + 2));
            exits.Add(_steps.Count);
            _steps.Add(new Step(Kind.Jump));
            start = _steps.Count;
            Sequence();
        }

        foreach (var exit in exits) _steps[exit] = new Step(Kind.Jump, _steps.Count);
        _depth--;
    }

    private void Sequence()
    {
        while (_at < _text.Length && _text[_at] is not ('|' or ')'))
        {
            var start = _steps.Count;
            Atom();
            while (_at < _text.Length && _text[_at] is '*' or '+' or '?')
            {
                switch (_text[_at++])
                {
                    case '+':
                        _steps.Add(new Step(Kind.Split, start, _steps.Count + 1));
                        break;
                    case '?':
                        Insert(start, new Step(Kind.Split, start + 1, _steps.Count + 1));
                        break;
                    default:
                        Insert(start, new Step(Kind.Split, start + 1, _steps.Count + 2));
                        _steps.Add(new Step(Kind.Jump, start));
                        break;
                }
            }
        }
    }

    private void Atom()
    {
        var letter = _text[_at++];
        switch (letter)
        {
            case '(':
                Alternatives();
                if (_at >= _text.Length) throw new FormatException("a '(' has no ')'");
                _at++;
                break;
            case '[':
                _steps.Add(Set());
                break;
            case '.':
                _steps.Add(new Step(Kind.Any));
                break;
            case '^':
                _steps.Add(new Step(Kind.Start));
                break;
            case '$':
                _steps.Add(new Step(Kind.End));
                break;
            case '*' or '+' or '?':
                throw new FormatException($"a '{letter}' has nothing to repeat");
            case '\\' when _at >= _text.Length:
                throw new FormatException("it ends with a '\\'");
            default:
                _steps.Add(new Step(Kind.Letter) { Letters = letter == '\\' ? _text[_at++].ToString() : letter.ToString() });
                break;
        }
    }

    // The letters of a set are pairs: the first and the last letter of each range.
    private Step Set()
    {
        var isNegated = _at < _text.Length && _text[_at] == '^';
        if (isNegated) _at++;
        var ranges = new System.Text.StringBuilder();
        for (var isFirst = true; ; isFirst = false)
        {
            if (_at >= _text.Length) throw new FormatException("a '[' has no ']'");
            var first = _text[_at++];
            if (first == ']' && !isFirst) return new Step(Kind.Set) { Letters = ranges.ToString(), IsNegated = isNegated };
            var last = first;
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                last = _text[_at + 1];
                _at += 2;
                if (last < first) throw new FormatException($"the range '{first}-{last}' is reversed");
            }

            ranges.Append(first).Append(last);
        }
    }

    // Moves the steps from an index by one, and corrects those that point behind it.
    private void Insert(int index, Step step)
    {
        _steps.Insert(index, step);
        for (var moved = index + 1; moved < _steps.Count; moved++) _steps[moved] = _steps[moved].Moved(index);
    }

    private readonly record struct Step(Kind Kind, int First = 0, int Second = 0)
    {
        public string Letters { get; init; } = "";

        public bool IsNegated { get; init; }

        public bool Accepts(char letter)
        {
            if (Kind is Kind.Any) return true;
            if (Kind is Kind.Letter) return Letters[0] == letter;
            for (var index = 0; index < Letters.Length; index += 2)
            {
                if (letter >= Letters[index] && letter <= Letters[index + 1]) return !IsNegated;
            }

            return IsNegated;
        }

        public Step Moved(int index) => Kind is Kind.Split or Kind.Jump
            ? this with { First = First >= index ? First + 1 : First, Second = Second >= index ? Second + 1 : Second }
            : this;
    }
}
