"""The cities in which Indian graduates are hired most."""

# They settle what a bare word behind a comma or a bar is.
_CITY_NAMES = """
    agra ahmedabad ajmer aligarh allahabad ambala amritsar anand aurangabad baddi bangalore bareilly baroda
    bengaluru bhiwadi bhopal bhubaneshwar bhubaneswar bikaner bokaro calicut chandigarh chennai cochin
    coimbatore cuttack dehradun delhi dhanbad dharamshala dharwad dubai durgapur ernakulam faridabad gandhinagar
    ghaziabad goa gorakhpur greater-noida guntur gurgaon gurugram guwahati gwalior haldia haridwar hosur howrah
    hubballi hubli hyderabad imphal indore jabalpur jaipur jalandhar jammu jamnagar jamshedpur jhansi jodhpur
    kakinada kanpur karnal kochi kolhapur kolkata kota kozhikode london lucknow ludhiana madurai manesar
    mangalore mangaluru meerut mohali mumbai mysore mysuru nagpur nashik navi-mumbai neemrana new-delhi noida
    ooty panaji panchkula panipat panvel patiala patna pimpri pondicherry prayagraj puducherry pune raipur
    rajkot ranchi remote rishikesh roorkee rourkela salem sanand satara secunderabad shillong shimla siliguri
    silvassa singapore solan sonipat srinagar sriperumbudur surat thane thiruvananthapuram tiruchirappalli
    tirupati tokyo trichy trivandrum udaipur ujjain vadodara varanasi vellore vijayawada visakhapatnam vizag
    warangal
"""
_CITIES = frozenset(_CITY_NAMES.split())


def is_city(words: str) -> bool:
    """Whether the words are nothing but a city in which graduates are hired."""
    return words.strip(" .,").lower().replace(" ", "-") in _CITIES
