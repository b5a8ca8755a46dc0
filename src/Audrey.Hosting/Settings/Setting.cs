using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Audrey.Hosting.Settings;

/// <summary>A setting: a property of an options class, with its name in the configuration.</summary>
/// <param name="Name">The full name, such as <c>Audrey:Silo:Port</c>. A star stands for the index of a list entry.</param>
/// <param name="Property">The property.</param>
public sealed record Setting(string Name, PropertyInfo Property)
{
    /// <summary>Gets the type of the value, or the type of an entry if the setting is a list.</summary>
    public Type Type => ElementType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Gets the smallest and the largest value. Null if the property has no <see cref="RangeAttribute"/>.</summary>
    public (IComparable Min, IComparable Max)? Range => Property.GetCustomAttribute<RangeAttribute>() is { } range
        ? (Value(range.Minimum), Value(range.Maximum))
        : null;

    /// <summary>Returns the settings of an options class, including those of nested classes, in the order of declaration.</summary>
    /// <param name="options">The class.</param>
    /// <param name="section">The configuration section that the class is bound to.</param>
    public static IEnumerable<Setting> Of(Type options, string section)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var element = ElementType(property.PropertyType);
            var name = $"{section}:{property.Name}{(element is null ? "" : ":*")}";
            if (IsSection(element ?? property.PropertyType))
                foreach (var nested in Of(element ?? property.PropertyType, name)) yield return nested;
            else if (element is not null || property.SetMethod is { IsPublic: true })
                yield return new(name, property);
        }
    }

    /// <summary>Returns whether a type is a class of settings, not a value.</summary>
    internal static bool IsSection(Type type) => type.IsClass && type != typeof(string);

    private static Type? ElementType(Type type) =>
        type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) ? type.GetGenericArguments()[0] : null;

    /// <summary>
    /// Converts a bound of the range to the type of the setting. The bound of a time is a string. The bound of a number can have another
    /// numeric type than the property.
    /// </summary>
    private IComparable Value(object bound) => Type == typeof(TimeSpan)
        ? TimeSpan.Parse((string)bound, CultureInfo.InvariantCulture)
        : (IComparable)Convert.ChangeType(bound, Type, CultureInfo.InvariantCulture);
}
