using System.Collections;
using System.Globalization;
using Audrey.Architecture.Tests.Contracts;

namespace Audrey.Architecture.Tests.Golden;

/// <summary>
/// Formats an object as lines. Each line has a value and its path. Paths consist of member numbers, so they stay the same when a member is
/// renamed.
/// </summary>
internal static class Dump
{
    public static IEnumerable<string> Of(object sample) => Lines("", sample);

    private static IEnumerable<string> Lines(string path, object? value)
    {
        if (value is not null && Serializable.Types.Contains(value.GetType()))
        {
            return Serializable.MembersOf(value.GetType())
                .OrderBy(member => member.Id)
                .SelectMany(member => Lines(path.Length == 0 ? $"{member.Id}" : $"{path}.{member.Id}", member.Field.GetValue(value)));
        }

        return value is IEnumerable list and not (string or byte[])
            ? list.Cast<object?>().SelectMany((element, i) => Lines($"{path}[{i}]", element))
            : [$"{path} = {Text(value)}"];
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        string text => $"\"{text}\"",
        Enum member => Convert.ToInt64(member, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
