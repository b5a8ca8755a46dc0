using System.Globalization;
using System.Text;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// Parses a configuration in the same way as a guest. The result has the number that is the value of each parameter of each service, or 0
/// if the parameter has no value yet.
/// </summary>
internal static class Configuration
{
    public static Dictionary<string, int> Parse(string text)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var part in text.Split('|'))
        {
            if (part.Split('&') is not [var name, var value]) continue;
            var number = Encoding.ASCII.GetString(Convert.FromBase64String(value));
            numbers[name] = number.Length == 0 ? 0 : int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return numbers;
    }
}
